//! Who may do what: the roles of an organization with every layer that decides for them, and the questions that are
//! asked of it.
//!
//! A [`World`] is made from a configuration ([`World::configured`]), or by whoever read what is deployed
//! ([`World::new`], [`World::stand`], [`World::guard`]). Documents are held once for all accounts in which they are the
//! same, and read when they are first asked for.

mod answer;
mod assume;
mod configured;
mod deployed;
mod entry;
mod find;
mod guard;
mod hint;
mod layers;
mod permissions;
mod picture;
mod policy;
mod reach;
mod standing;
mod witness;
mod words;
mod world;

pub use answer::{Answer, Because, LayerName, Question};
pub use entry::{Entry, OtherSide, Who};
pub use find::NotFound;
pub use guard::Guard;
pub use permissions::{Loss, Permissions, Row, permissions};
pub use picture::Picture;
pub use policy::{Author, Policy};
pub use reach::{Chain, Edge, Reach};
pub use standing::{RoleId, Shape};
pub use world::{Frame, Member, World};
