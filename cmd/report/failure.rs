//! What is said when a command ends badly.

use crate::error::{CommandError, Exit};
use crate::report::Terminal;

/// Says what is wrong with the command line, or shows the help that was asked for.
pub(crate) fn usage(usage: &clap::Error) -> Exit {
    // clap writes help to stdout and complaints to stderr; where the reader is gone, there is nobody left to tell.
    usage.print().ok();
    if usage.use_stderr() { Exit::Usage } else { Exit::Done }
}

/// Says what is wrong, why, and what to do next.
pub(crate) fn error(terminal: &Terminal, error: &CommandError) -> Exit {
    let paint = terminal.err;
    let mut chain = error.chain().into_iter();
    let first = chain.next().unwrap_or_default();
    terminal.complain(&format!("{} {first}", paint.bad("error:")));
    for cause in chain {
        terminal.complain(&format!("  because: {cause}"));
    }
    for hint in &error.hints {
        terminal.complain(&format!("  {} {hint}", paint.note("next:")));
    }
    error.kind
}
