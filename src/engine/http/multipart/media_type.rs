//! The media type of a file by its name.

use std::path::Path;

/// What is sent for a name that says nothing.
const UNKNOWN: &str = "application/octet-stream";

/// The media type of a file of that name: what Python's `mimetypes` knows as Python knows it, and
/// what else is registered.
pub fn guess(filename: &str) -> &'static str {
    // Compression is no type of its own there: what counts is what was compressed.
    let (stem, extension) = split(filename);
    let extension = match extension {
        "gz" | "Z" | "bz2" | "xz" | "br" => split(stem).1,
        other => other,
    };
    let extension = extension.to_ascii_lowercase();
    if let Some(media_type) = differing(&extension) {
        return media_type;
    }
    mime_guess::from_ext(&extension)
        .first_raw()
        .unwrap_or(UNKNOWN)
}

/// The name without its extension, and the extension. A name that only starts with a dot has none.
fn split(filename: &str) -> (&str, &str) {
    let path = Path::new(filename);
    let extension = path.extension().and_then(|it| it.to_str());
    let stem = path.file_stem().and_then(|it| it.to_str());
    (stem.unwrap_or_default(), extension.unwrap_or_default())
}

/// Where Python's table differs from that of mime_guess.
fn differing(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "tgz" | "taz" | "tz" | "tbz2" | "txz" => "application/x-tar",
        "svgz" => "image/svg+xml",
        "dll" | "obj" => "application/octet-stream",
        "m3u" | "m3u8" => "application/vnd.apple.mpegurl",
        "xlb" => "application/vnd.ms-excel",
        "rar" => "application/vnd.rar",
        "deb" => "application/x-debian-package",
        "h5" => "application/x-hdf5",
        "mif" => "application/x-mif",
        "cdf" => "application/x-netcdf",
        "ram" => "application/x-pn-realaudio",
        "pyc" | "pyo" => "application/x-python-code",
        "rpm" => "application/x-rpm",
        "rdf" | "wsdl" | "xpdl" | "xsl" => "application/xml",
        "yaml" | "yml" => "application/yaml",
        "3gp" | "3gpp" => "audio/3gpp",
        "3g2" | "3gpp2" => "audio/3gpp2",
        "ass" | "loas" => "audio/aac",
        "mka" => "audio/matroska",
        "m4a" => "audio/mp4",
        "opus" => "audio/opus",
        "wav" => "audio/vnd.wave",
        "aif" | "aifc" | "aiff" => "audio/x-aiff",
        "otf" => "font/otf",
        "woff" => "font/woff",
        "emf" => "image/emf",
        "fits" => "image/fits",
        "t38" => "image/t38",
        "tfx" => "image/tiff-fx",
        "ico" => "image/vnd.microsoft.icon",
        "wmf" => "image/wmf",
        "stl" => "model/stl",
        "mjs" => "text/javascript",
        "bat" | "ksh" | "pl" | "srt" => "text/plain",
        "rtf" => "text/rtf",
        "py" => "text/x-python",
        "rst" => "text/x-rst",
        "sgm" | "sgml" => "text/x-sgml",
        "mkv" => "video/matroska",
        "mk3d" => "video/matroska-3d",
        "avi" => "video/vnd.avi",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::guess;

    #[test]
    fn common_types_are_those_of_python() {
        for (name, media_type) in [
            ("a.txt", "text/plain"),
            ("a.PNG", "image/png"),
            ("dir.txt/a.csv", "text/csv"),
            ("a.json", "application/json"),
            ("a.py", "text/x-python"),
            ("a.js", "text/javascript"),
            ("a.wav", "audio/vnd.wave"),
            ("a.pdf", "application/pdf"),
        ] {
            assert_eq!(guess(name), media_type, "{name}");
        }
    }

    #[test]
    fn the_type_of_a_compressed_file_is_that_of_its_content() {
        assert_eq!(guess("a.tar.gz"), "application/x-tar");
        assert_eq!(guess("a.tgz"), "application/x-tar");
        assert_eq!(guess("a.csv.bz2"), "text/csv");
        assert_eq!(guess("a.gz"), "application/octet-stream");
    }

    #[test]
    fn what_says_nothing_is_a_stream_of_octets() {
        for name in ["", "a", ".png", "a.", "a.unheard-of", "ü"] {
            assert_eq!(guess(name), "application/octet-stream", "{name}");
        }
    }
}
