//! Whether the batch jobs of a team share their roles: what each way costs, which one fits, and how to get there.

mod advice;
mod count;
mod migration;
mod similarity;

pub use advice::{Advice, Compliance, Decision, Evidence, Leaning, Matrix, Question, Row, Structure, advise, decide};
pub use count::{RoleCounts, role_counts};
pub use migration::{Migration, Move, migration};
pub use similarity::similarity;

#[cfg(test)]
mod tests;
