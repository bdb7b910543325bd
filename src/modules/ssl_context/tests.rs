//! Contexts made by a script, read with [`settings_of`].

use rcgen::{CertificateParams, KeyPair};
use rustpython_vm::{AsObject, Settings, VirtualMachine};
use tempfile::TempDir;

use super::{is_context, settings_of};
use crate::engine::tls::{Roots, TlsSettings, Verify, Version};

/// What `code`, which makes a `context`, comes to; or what `settings_of` raises.
fn read(code: &str) -> Result<TlsSettings, String> {
    crate::interpreter(Settings::default()).enter(|vm| {
        let scope = vm.new_scope_with_builtins();
        if let Err(error) = vm.run_string(scope.clone(), code, "<test>") {
            panic!("{}", shown(&error, vm));
        }
        let context = scope.globals.get_item("context", vm);
        let context = context.unwrap_or_else(|error| panic!("{}", shown(&error, vm)));
        assert!(is_context(&context, vm).is_ok_and(|is_it| is_it));
        settings_of(&context, vm).map_err(|error| shown(&error, vm))
    })
}

fn shown(error: &rustpython_vm::builtins::PyBaseExceptionRef, vm: &VirtualMachine) -> String {
    let text = error.as_object().repr(vm);
    text.map_or_else(|_| "an exception".to_owned(), |text| text.to_string())
}

#[test]
fn everything_in_a_context_is_carried_over() {
    let folder = TempDir::new().unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let (chain_file, key_file) = (
        folder.path().join("chain.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&chain_file, certificate.pem()).unwrap();
    std::fs::write(&key_file, key.serialize_pem()).unwrap();
    let log = folder.path().join("keys");
    let settings = read(&format!(
        r#"
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations({chain_file:?})
context.load_cert_chain({chain_file:?}, {key_file:?})
context.set_alpn_protocols(["h2", "http/1.1"])
context.check_hostname = False
context.minimum_version = ssl.TLSVersion.TLSv1_3
context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
context.keylog_filename = {log:?}
"#
    ));
    let settings = settings.unwrap();
    let roots = Roots::from_der(certificate.der()).unwrap();
    assert_eq!(settings.verify, Verify::Roots(roots));
    let identity = settings.identity.expect("a chain and its key");
    assert_eq!(identity.chain(), [certificate.der().clone()]);
    assert_eq!(identity.key().secret_der(), key.serialized_der());
    assert_eq!(settings.alpn, [b"h2".to_vec(), b"http/1.1".to_vec()]);
    assert!(!settings.check_hostname);
    assert_eq!(settings.minimum_version, Version::Tls13);
    assert_eq!(settings.maximum_version, Version::Tls13);
    assert!(settings.cipher_suites.unwrap().contains(&0xc02b));
    assert_eq!(settings.key_log, Some(log));
    assert!(!settings.trust_env);
}

#[test]
fn a_fresh_context_of_a_client_verifies_and_trusts_nobody() {
    let settings = read("import ssl\ncontext = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)");
    let expected = TlsSettings {
        verify: Verify::Roots(Roots::default()),
        trust_env: false,
        ..TlsSettings::default()
    };
    assert_eq!(settings.unwrap(), expected);
}

#[test]
fn a_fresh_context_of_a_server_asks_for_no_certificate() {
    let settings = read("import ssl\ncontext = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)").unwrap();
    assert_eq!(settings.verify, Verify::Disabled);
    assert!(!settings.check_hostname);
}

#[test]
fn what_cannot_be_carried_over_is_an_error() {
    let start = "import ssl\ncontext = ssl.create_default_context()\n";
    for (code, expected) in [
        (
            "context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN",
            "VERIFY_CRL_CHECK_CHAIN",
        ),
        (
            "context.options |= ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3",
            "neither TLS 1.2 nor TLS 1.3",
        ),
    ] {
        let error = read(&format!("{start}{code}")).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}
