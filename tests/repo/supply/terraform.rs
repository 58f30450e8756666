//! The generated Terraform configuration.

use super::tool::{check, repository};
use cluster::{Environment, install_go_program};
use std::{fs, process::Command};

const HCLFMT: &str = "v2.25.0";

#[test]
fn hclfmt_accepts_the_terraform_files_and_changes_nothing() {
    let package = "github.com/hashicorp/hcl/v2/cmd/hclfmt";
    let environment = Environment::from_process();
    let hclfmt = install_go_program(&environment, "hclfmt", package, HCLFMT).unwrap();
    let mut files = 0;
    for entry in fs::read_dir(repository("docs/iam")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "tf") {
            continue;
        }
        check(&hclfmt, &["-check", path.to_str().unwrap()]);
        let formatted = Command::new(&hclfmt).arg(&path).output().unwrap().stdout;
        assert!(formatted == fs::read(&path).unwrap(), "{}", path.display());
        files += 1;
    }
    assert!(files >= 10, "only {files} files");
}
