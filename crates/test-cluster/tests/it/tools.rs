//! Installing what tests need, with installers played by scripts that take no time.

use std::fs;

use cluster::{Environment, install_cargo_program, install_go_program, install_python_package};

use crate::support::{Machine, script};

fn environment(machine: &Machine) -> Environment {
    Environment {
        path: machine.bin().into(),
        cache: Some(machine.cache()),
        ..Environment::default()
    }
}

#[test]
fn a_program_is_installed_with_go_once_a_version() {
    let machine = Machine::new();
    let body = r#"echo "$@" >>"$0.calls"; printf '' >"$GOBIN/tool"; /bin/chmod 755 "$GOBIN/tool""#;
    script(&machine.bin(), "go", body);
    let environment = environment(&machine);
    let install =
        |version| install_go_program(&environment, "tool", "example.com/tool", version).unwrap();
    let first = install("v1.2.3");
    assert!(first.ends_with("cloudfront-operator/tools/tool-v1.2.3/tool") && first.exists());
    assert_eq!(install("v1.2.3"), first);
    assert_ne!(install("v1.2.4"), first);
    let calls = fs::read_to_string(machine.bin().join("go.calls")).unwrap();
    let packages: Vec<&str> = calls
        .lines()
        .filter_map(|line| line.split(' ').next_back())
        .collect();
    assert_eq!(
        packages,
        ["example.com/tool@v1.2.3", "example.com/tool@v1.2.4"]
    );
}

#[test]
fn a_program_is_installed_with_cargo_once_a_version_and_its_build_goes() {
    let machine = Machine::new();
    let body = r#"for root; do true; done
echo "$@" >>"$0.calls"
/bin/mkdir -p "$CARGO_TARGET_DIR/debug" "$root/bin"
printf '' >"$root/bin/tool"
/bin/chmod 755 "$root/bin/tool""#;
    script(&machine.bin(), "cargo", body);
    let environment = environment(&machine);
    let install = |version| install_cargo_program(&environment, "tool", version).unwrap();
    let first = install("1.2.3");
    assert!(first.ends_with("cloudfront-operator/tools/tool-1.2.3/bin/tool") && first.exists());
    assert!(!first.ancestors().nth(2).unwrap().join("target").exists());
    assert_eq!(install("1.2.3"), first);
    assert_ne!(install("1.2.4"), first);
    let calls = fs::read_to_string(machine.bin().join("cargo.calls")).unwrap();
    let versions: Vec<bool> = calls
        .lines()
        .zip(["1.2.3", "1.2.4"])
        .map(|(call, version)| {
            call.contains(&format!(
                "--locked --debug --no-default-features tool --version {version} --root"
            ))
        })
        .collect();
    assert_eq!(versions, [true, true], "{calls}");
    assert_eq!(calls.lines().count(), 2);
}

#[test]
fn a_missing_installer_is_an_error_that_says_so() {
    let environment = environment(&Machine::new());
    let go = install_go_program(&environment, "tool", "example.com/tool", "v1").unwrap_err();
    assert_eq!(
        go.to_string(),
        "no go on PATH, which tool-v1 is installed with: install Go 1.26 or newer"
    );
    let cargo = install_cargo_program(&environment, "book", "3").unwrap_err();
    assert_eq!(
        cargo.to_string(),
        "no cargo on PATH, which book-3 is installed with: install Rust with rustup"
    );
    let python = install_python_package(&environment, "data", "2").unwrap_err();
    assert_eq!(
        python.to_string(),
        "no python3 on PATH, which data-2 is installed with: install Python 3 with venv"
    );
}

#[test]
fn a_failed_installation_is_told_and_leaves_nothing() {
    let machine = Machine::new();
    script(&machine.bin(), "go", "echo no such module >&2; exit 1");
    let environment = environment(&machine);
    let failed = install_go_program(&environment, "tool", "example.com/tool", "v1").unwrap_err();
    assert!(failed.to_string().ends_with("no such module"), "{failed}");
    let left = fs::read_dir(machine.cache().join("cloudfront-operator/tools")).unwrap();
    let left: Vec<_> = left
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert_eq!(left, [] as [std::path::PathBuf; 0]);
}
