//! The README shows the example as it is.

const README: &str = include_str!("../README.md");
const EXAMPLE: &str = include_str!("../examples/embed.rs");

fn code_blocks() -> impl Iterator<Item = &'static str> {
    let fenced = README.split("```").skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n').map(|(_language, code)| code))
}

#[test]
fn its_code_is_the_example_s() {
    let example: Vec<&str> = EXAMPLE.lines().map(str::trim).collect();
    let mut blocks = 0;
    for block in code_blocks() {
        blocks += 1;
        let block: Vec<&str> = block.lines().map(str::trim).collect();
        let shown = example.windows(block.len()).any(|part| part == block);
        assert!(
            shown,
            "examples/embed.rs does not contain\n{}",
            block.join("\n")
        );
    }
    assert_eq!(blocks, 3);
}
