//! `landfall synth`.

mod metaflow;

use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use crate::configuration::{self, Configuration};
use crate::error::{CommandError, Exit, FileError};
use crate::global::{Folder, Format};
use crate::report::{self, MANIFEST, Terminal};

/// Write the CloudFormation templates, in the order in which they are deployed
///
/// AWS is not asked. With --out each template is written to ACCOUNT/REGION/STACK.json, byte for byte as it is deployed,
/// and manifest.json beside them says the order, which account fills which parameter, digests and roles. Without --out
/// the stacks are listed; with --format json the manifest is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,

    /// Write templates and manifest into this folder; what an earlier run wrote there is replaced
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    metaflow: metaflow::MetaflowArgs,
}

/// Synthesizes.
pub(crate) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, CommandError> {
    let configuration = configuration::read(&args.folder.path, terminal)?;
    if let Some(deployment) = &args.metaflow.metaflow_config {
        let found = metaflow::configuration(&configuration.foundation, deployment, &args.metaflow)?;
        terminal.data(&format!("{found:#}\n"))?;
        return Ok(Exit::Done);
    }
    if let Some(folder) = &args.out {
        write(folder, &configuration)?;
        terminal.talk(&format!(
            "wrote {} to {}",
            report::count(configuration.stack_count(), "template"),
            folder.display()
        ));
        if terminal.format != Format::Json {
            return Ok(Exit::Done);
        }
    }
    terminal.data(&match terminal.format {
        Format::Json | Format::Sarif => format!("{:#}\n", report::manifest(&configuration)),
        Format::Human => report::stack_list(terminal.out, &configuration),
        Format::Markdown => report::stack_table(&configuration),
    })?;
    Ok(Exit::Done)
}

fn write(folder: &Path, configuration: &Configuration) -> Result<(), CommandError> {
    clear(folder)?;
    for stack in configuration.stacks() {
        let path = folder.join(report::template_path(&stack.key));
        write_file(&path, &stack.body.json)?;
    }
    write_file(&folder.join(MANIFEST), &format!("{:#}\n", report::manifest(configuration)))?;
    Ok(())
}

fn write_file(path: &Path, text: &str) -> Result<(), FileError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| FileError::new("create", folder, error))?;
    }
    fs::write(path, text).map_err(|error| FileError::new("write", path, error))
}

/// Removes the templates that the folder's own manifest names, and nothing else: a folder with other things in it is
/// somebody else's.
fn clear(folder: &Path) -> Result<(), CommandError> {
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(FileError::new("read", folder, error).into()),
    };
    if entries.next().is_none() {
        return Ok(());
    }
    let manifest: Option<Value> =
        fs::read(folder.join(MANIFEST)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(manifest) = manifest.filter(|value| value["schema"] == report::MANIFEST_SCHEMA) else {
        return Err(CommandError::usage(format!(
            "{} is not empty, and no manifest of Landfall is in it; nothing was written",
            folder.display()
        ))
        .hint("name a new folder: `--out DIR`"));
    };
    for stack in manifest["stacks"].as_array().into_iter().flatten() {
        let Some(template) = stack["template"].as_str().map(Path::new) else { continue };
        if template.components().all(|part| matches!(part, Component::Normal(_))) {
            let path = folder.join(template);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(FileError::new("replace", &path, error).into());
                }
                _ => {}
            }
        }
    }
    Ok(())
}
