//! The files of a release: hack/release.py builds those of this platform with the debug program.

use super::tool::{check, repository};
use cluster::{Environment, install_cargo_program};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

const AUDITABLE: &str = "0.7.7";
const CYCLONEDX: &str = "0.5.9";
const PROGRAM: &str = env!("CARGO_BIN_EXE_cloudfront-operator");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The address of a release's files, without `v`, version and name.
const DOWNLOADS: &str = "https://github.com/cloudfront-operator/cloudfront-operator/releases/";

/// Runs the script with cargo-cyclonedx on the search path.
fn script(arguments: &[&str]) -> Output {
    let environment = Environment::from_process();
    let cyclonedx = install_cargo_program(&environment, "cargo-cyclonedx", CYCLONEDX).unwrap();
    let mut path = vec![cyclonedx.parent().unwrap().to_owned()];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap()));
    Command::new("python3")
        .arg(repository("hack/release.py"))
        .args(arguments)
        .env("PATH", env::join_paths(path).unwrap())
        .output()
        .unwrap()
}

/// Runs the script and returns its output. Panics if it fails.
fn run(arguments: &[&str]) -> String {
    let output = script(arguments);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {message}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the names of all files of a release.
fn assets() -> BTreeSet<String> {
    run(&["list"]).lines().map(str::to_owned).collect()
}

fn file_names(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Checks the content of an archive's folder.
fn check_archive(folder: &Path) {
    let expected = [
        "LICENSE",
        "README.md",
        "cloudfront-operator",
        "completions",
        "man",
    ];
    assert_eq!(file_names(folder), expected.map(str::to_owned).into());
    for name in ["LICENSE", "README.md"] {
        let original = fs::read(repository(name)).unwrap();
        assert!(fs::read(folder.join(name)).unwrap() == original, "{name}");
    }
    check(&folder.join("cloudfront-operator"), &["--version"]);
    let completions = [
        "cloudfront-operator.bash",
        "cloudfront-operator.fish",
        "_cloudfront-operator",
        "_cloudfront-operator.ps1",
    ];
    let folder_of_completions = folder.join("completions");
    assert_eq!(
        file_names(&folder_of_completions),
        completions.map(str::to_owned).into()
    );
    check(
        Path::new("bash"),
        &[
            "-n",
            folder_of_completions.join(completions[0]).to_str().unwrap(),
        ],
    );
    let commands = [
        "",
        "-completions",
        "-crds",
        "-doctor",
        "-iam-policy",
        "-man",
        "-run",
    ];
    let pages = commands.map(|command| format!("cloudfront-operator{command}.1"));
    assert_eq!(file_names(&folder.join("man")), pages.into());
}

/// Checks the SBOM: it names a dependency of the program, none of the tests, and no path of the build.
fn check_sbom(file: &Path) {
    let text = fs::read_to_string(file).unwrap();
    let sbom: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(sbom["bomFormat"], "CycloneDX");
    assert_eq!(sbom["metadata"]["component"]["version"], VERSION);
    let components = sbom["components"].as_array().unwrap();
    let has = |name: &str| components.iter().any(|component| component["name"] == name);
    assert!(has("kube") && has("aws-lc-rs") && !has("proptest"));
    let temporary = env::temp_dir();
    for path in [repository(""), temporary] {
        assert!(!text.contains(path.to_str().unwrap()), "{}", path.display());
    }
}

#[test]
fn the_script_builds_the_files_of_a_release() {
    let directory = TempDir::new().unwrap();
    let path = |name: &str| directory.path().join(name);
    let directory_name = directory.path().to_str().unwrap();
    run(&["archive", directory_name, "--program", PROGRAM]);
    let names = file_names(directory.path());
    assert!(names.len() == 2 && names.is_subset(&assets()), "{names:?}");
    for name in &names {
        match name.strip_suffix(".tar.gz") {
            Some(base) => {
                check(
                    Path::new("tar"),
                    &["-xzf", path(name).to_str().unwrap(), "-C", directory_name],
                );
                check_archive(&path(base));
                fs::remove_dir_all(path(base)).unwrap();
            }
            None => check_sbom(&path(name)),
        }
    }

    let refused = script(&["assets", directory_name]);
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && message.contains("darwin_arm64.tar.gz"),
        "{message}"
    );
    let of_platforms = assets()
        .into_iter()
        .filter(|name| name.starts_with("cloudfront-operator_"));
    for other in of_platforms.filter(|name| !names.contains(name)) {
        fs::write(path(&other), "").unwrap();
    }
    run(&["assets", directory_name]);
    let mut expected = assets();
    assert!(
        expected.remove("checksums.txt.sigstore.json"),
        "the workflow writes the signature"
    );
    assert_eq!(file_names(directory.path()), expected);
    let checksums = Command::new("sha256sum")
        .args(["--check", "--strict", "checksums.txt"])
        .current_dir(&directory)
        .output()
        .unwrap();
    assert!(checksums.status.success());
    let crds = Command::new(PROGRAM).arg("crds").output().unwrap().stdout;
    assert!(crds == fs::read(path("crds.yaml")).unwrap());
}

/// Returns the pages and files that users copy commands from.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![];
    let mut open = ["docs", "examples", "charts"].map(repository).to_vec();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                pages.push(path);
            }
        }
    }
    pages.extend(["README.md", "SECURITY.md", "CONTRIBUTING.md"].map(repository));
    pages
}

/// Returns the names of the files in the addresses of releases in a text.
fn downloads(text: &str) -> Vec<String> {
    let addresses = text.split(DOWNLOADS).skip(1);
    let ends = |c: char| c.is_whitespace() || ")\"'`|>".contains(c);
    addresses
        .filter_map(|rest| rest.split(ends).next())
        .filter(|path| path.contains("download/"))
        .map(|path| {
            let of_version = path.strip_prefix(&format!("download/v{VERSION}/"));
            let name = of_version.or(path.strip_prefix("latest/download/"));
            name.unwrap_or(path).to_owned()
        })
        .collect()
}

#[test]
fn an_address_of_a_release_ends_with_the_name_of_a_file() {
    let text = format!(
        "`{DOWNLOADS}download/v{VERSION}/a.yaml` ({DOWNLOADS}latest/download/b) {DOWNLOADS}download/v9/c\n{DOWNLOADS}"
    );
    assert_eq!(downloads(&text), ["a.yaml", "b", "download/v9/c"]);
}

#[test]
fn every_address_of_a_release_in_the_pages_is_a_file_of_the_release() {
    let (assets, mut count) = (assets(), 0);
    for page in pages() {
        let text = String::from_utf8(fs::read(&page).unwrap()).unwrap_or_default();
        for name in downloads(&text) {
            assert!(
                assets.contains(&name),
                "{}: {name} is not in {assets:?}",
                page.display()
            );
            count += 1;
        }
    }
    assert!(count >= 3, "only {count} addresses");
}

#[test]
fn the_workflow_builds_every_platform_and_uploads_every_file() {
    let workflow = fs::read_to_string(repository(".github/workflows/release.yml")).unwrap();
    let mut needed: Vec<String> = vec![
        "run: hack/release.py archive files".to_owned(),
        "run: hack/release.py assets files".to_owned(),
        "cosign sign-blob --yes --bundle files/checksums.txt.sigstore.json files/checksums.txt"
            .to_owned(),
        "gh release create \"$GITHUB_REF_NAME\" files/* ".to_owned(),
        format!("cargo install cargo-auditable --locked --version {AUDITABLE}\n"),
        format!("cargo install cargo-cyclonedx --locked --version {CYCLONEDX}\n"),
    ];
    let prefix = format!("cloudfront-operator_{VERSION}_");
    for name in assets() {
        if let Some(platform) = name
            .strip_prefix(&prefix)
            .and_then(|rest| rest.strip_suffix(".tar.gz"))
        {
            needed.push(format!("{{platform: {platform}, runner: "));
        }
    }
    assert_eq!(needed.len(), 10);
    for text in needed {
        assert!(workflow.contains(&text), "release.yml lacks {text}");
    }
    let dockerfile = fs::read_to_string(repository("Dockerfile")).unwrap();
    assert!(dockerfile.contains(&format!("ARG CARGO_AUDITABLE_VERSION={AUDITABLE}\n")));
}
