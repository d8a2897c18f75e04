//! `landfall offboard`.

use clap::Subcommand;
use landfall_model::{Edits, ItemName, Kind, NameError};
use landfall_plan::{Radius, Target};

use crate::configuration::Examined;
use crate::confirm::{Consent, confirm};
use crate::error::{CommandError, Exit, FileError};
use crate::global::{Folder, Global};
use crate::report::{self, FileFate, Files, FolderChange, Terminal, in_folder};

/// Let a team go: removes its file and shows what goes with it
///
/// AWS is not asked. A team whose roles others still refer to is not removed; each place is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Team(TeamArgs),
}

/// Remove the file of a team
///
/// `landfall apply --prune --target team:NAME` then deletes its stacks, and nothing else.
#[derive(Debug, clap::Args)]
struct TeamArgs {
    /// The team's name
    #[arg(value_name = "NAME", value_parser = item_name)]
    name: ItemName,

    #[command(flatten)]
    folder: Folder,

    /// Show what goes, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

fn item_name(text: &str) -> Result<ItemName, NameError> {
    ItemName::new(text)
}

/// Offboards.
pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    match &args.what {
        What::Team(args) => team(args, global, terminal),
    }
}

fn team(args: &TeamArgs, global: &Global, terminal: &Terminal) -> Result<Exit, CommandError> {
    let folder = &args.folder.path;
    let examined = Examined::new(folder);
    report::objections(terminal, Files { folder, sources: &examined.sources }, &examined.diagnostics);
    let sources = examined.sources.clone();
    let before = examined.accepted(folder)?;
    let team = before.foundation.teams.iter().find(|team| team.name == args.name);
    let file = team.and_then(|team| sources.get(team.place.file)).map(|source| source.name.clone());
    let Some(file) = file else {
        let names: Vec<&str> = before.foundation.teams.iter().map(|team| team.name.as_str()).collect();
        let there =
            if names.is_empty() { "there is none".to_owned() } else { format!("there are: {}", names.join(", ")) };
        return Err(CommandError::usage(format!("there is no team `{}`", args.name)).hint(there));
    };

    let without = Examined::edited(folder, &Edits::default().remove(file.as_str()));
    report::objections(terminal, Files { folder, sources: &without.sources }, &without.diagnostics);
    let after = without.accepted(folder).map_err(|_| {
        CommandError::usage(format!("without team `{}` the configuration has mistakes; nothing was removed", args.name))
            .hint("take out what refers to its roles first; each place is shown above")
    })?;
    let radius = Radius::between(&before.desired, &after.desired).map_err(CommandError::failed)?;

    let path = folder.join(&file);
    let show = |fate: FileFate<'_>| {
        let here = in_folder(folder);
        let mut next = vec![format!("landfall apply{here} --prune --target {}", Target::Team(args.name.clone()))];
        let others =
            radius.stacks.keys().any(|key| {
                before.desired.stacks.get(key).is_none_or(|stack| {
                    stack.kind != Kind::BatchTeam || stack.item.as_deref() != Some(args.name.as_str())
                })
            });
        if others {
            // A boundary that nobody carries any more goes too, and it is not the team's own.
            next.push(format!("landfall apply{here} --prune"));
        }
        report::folder_change(terminal, &FolderChange { path: &path, fate, radius: &radius, next })
    };
    if args.dry_run {
        show(FileFate::Kept)?;
        return Ok(Exit::Done);
    }
    let consent = if global.yes { Consent::Given } else { Consent::Asked };
    if consent == Consent::Asked {
        report::radius_before(terminal, &radius);
    }
    confirm(terminal, consent, &format!("Remove {}?", path.display()), "yes", "--yes")?;
    std::fs::remove_file(&path).map_err(|error| FileError::new("remove", &path, error))?;
    show(FileFate::Removed)?;
    Ok(Exit::Done)
}
