//! `landfall graph`.

use clap::ValueEnum;

use crate::configuration;
use crate::error::{CommandError, Exit};
use crate::global::{Folder, Format};
use crate::report::Terminal;

/// Show what waits for what, and why
///
/// AWS is not asked. `landfall graph --as svg > graph.svg` draws it for a browser.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,

    /// The form [default: text, or what --format asks for]
    #[arg(long = "as", value_name = "FORM")]
    form: Option<Form>,
}

/// The form of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A list by account, below each thing what it waits for
    Text,
    /// For Graphviz
    Dot,
    /// For Markdown
    Mermaid,
    /// A picture, a lane an account
    Svg,
    /// For programs
    Json,
}

/// Shows it.
pub(crate) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, CommandError> {
    let graph = configuration::read(&args.folder.path, terminal)?.graph;
    let form = args.form.unwrap_or(match terminal.format {
        Format::Human => Form::Text,
        Format::Json | Format::Sarif => Form::Json,
        Format::Markdown => Form::Mermaid,
    });
    let text = match form {
        Form::Text => graph.to_text(),
        Form::Dot => graph.to_dot(),
        Form::Mermaid if terminal.format == Format::Markdown => ["```mermaid\n", &graph.to_mermaid(), "```\n"].concat(),
        Form::Mermaid => graph.to_mermaid(),
        Form::Svg => graph.to_svg(),
        Form::Json => format!("{:#}\n", graph.to_json()),
    };
    terminal.data(&text)?;
    Ok(Exit::Done)
}
