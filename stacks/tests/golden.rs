//! The example's templates and policies, as reviewers read them.
