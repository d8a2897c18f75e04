//! AWS behind the engine's ports: one adapter a service. The only crate that names the AWS SDK.

mod calls;
mod client;
mod cloud;
mod cloudformation;
mod document;
mod fault;
mod iam;
mod moment;
mod organizations;
mod session;
mod sts;

pub use client::Options;
pub use cloud::Aws;
