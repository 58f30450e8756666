//! The installation of tools and packages. Scripts take the place of the installers.

use std::fs;

use cluster::{Environment, install_cargo_program, install_go_program, install_python_package};

use crate::support::{Machine, write_script};

fn environment(machine: &Machine) -> Environment {
    Environment {
        path: machine.bin().into(),
        cache: Some(machine.cache()),
        ..Environment::default()
    }
}

#[test]
fn go_installs_each_version_of_a_program_once() {
    let machine = Machine::new();
    let body = r#"echo "$@" >>"$0.calls"; printf '' >"$GOBIN/tool"; /bin/chmod 755 "$GOBIN/tool""#;
    write_script(&machine.bin(), "go", body);
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
fn cargo_installs_each_version_of_a_program_once_and_the_build_directory_is_removed() {
    let machine = Machine::new();
    let body = r#"for root; do true; done
echo "$@" >>"$0.calls"
/bin/mkdir -p "$CARGO_TARGET_DIR/debug" "$root/bin"
printf '' >"$root/bin/tool"
/bin/chmod 755 "$root/bin/tool""#;
    write_script(&machine.bin(), "cargo", body);
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
fn the_error_of_a_missing_installer_suggests_how_to_install_it() {
    let environment = environment(&Machine::new());
    let go = install_go_program(&environment, "tool", "example.com/tool", "v1").unwrap_err();
    assert_eq!(
        go.to_string(),
        "cannot install tool-v1: no go on PATH: install Go 1.26 or newer"
    );
    let cargo = install_cargo_program(&environment, "book", "3").unwrap_err();
    assert_eq!(
        cargo.to_string(),
        "cannot install book-3: no cargo on PATH: install Rust with rustup"
    );
    let python = install_python_package(&environment, "data", "2").unwrap_err();
    assert_eq!(
        python.to_string(),
        "cannot install data-2: no python3 on PATH: install Python 3 with venv"
    );
}

#[test]
fn a_failed_installation_reports_the_output_and_leaves_the_cache_empty() {
    let machine = Machine::new();
    write_script(&machine.bin(), "go", "echo no such module >&2; exit 1");
    let environment = environment(&machine);
    let failed = install_go_program(&environment, "tool", "example.com/tool", "v1").unwrap_err();
    assert!(failed.to_string().ends_with("no such module"), "{failed}");
    let entries = fs::read_dir(machine.cache().join("cloudfront-operator/tools")).unwrap();
    let directories: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert_eq!(directories, [] as [std::path::PathBuf; 0]);
}
