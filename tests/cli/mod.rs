//! The command line: help, exit codes, what stands on stdout and stderr, and the way from a folder to an organization
//! in the sandbox and back.

mod access;
mod adoption;
mod apply;

mod drift;
mod failure;
mod footnotes;
mod help;
mod init;
#[cfg(unix)]
mod interrupt;
mod lint;
mod offline;
mod onboard;
mod pipe;
mod readme;
#[cfg(unix)]
mod terminal;
mod usage;
