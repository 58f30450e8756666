//! `cloudfront-operator completions` and `cloudfront-operator man`: files for shells and `man`, from the definition of the command line.

use super::cli::options::Cli;
use clap::CommandFactory;
use clap_complete::Shell;
use std::{fs, io, path::Path};

/// Returns the completion script for a shell.
pub(super) fn completions(shell: Shell) -> Vec<u8> {
    let mut script = vec![];
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut script);
    script
}

/// Writes a man page for the program and one for each command. Creates the directory if it does not exist.
pub(super) fn write_man_pages(directory: &Path) -> Result<(), String> {
    let write = || -> io::Result<()> {
        fs::create_dir_all(directory)?;
        clap_mangen::generate_to(Cli::command(), directory)
    };
    write().map_err(|error| {
        format!(
            "cannot write the man pages to {}: {error}; name a directory that you can write to",
            directory.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn the_script_of_each_shell_completes_every_command() {
        for shell in Shell::value_variants() {
            let script = String::from_utf8(completions(*shell)).unwrap();
            for command in Cli::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell}: {command}");
            }
            assert!(script.contains("resync-period"), "{shell}");
        }
    }

    #[test]
    fn a_man_page_is_written_for_each_command() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("man/man1");
        write_man_pages(&directory).unwrap();
        for command in Cli::command().get_subcommands() {
            let page = format!("cloudfront-operator-{}.1", command.get_name());
            let text = fs::read_to_string(directory.join(&page)).unwrap();
            assert!(text.contains(".SH DESCRIPTION"), "{page}: {text}");
        }
        let error = write_man_pages(&directory.join("cloudfront-operator.1")).unwrap_err();
        assert!(error.contains("cloudfront-operator.1: "), "{error}");
    }
}
