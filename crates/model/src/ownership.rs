//! The tags by which Landfall knows what it made.

/// The stack tag that carries the digest of what was deployed.
pub const TAG_DIGEST: &str = "landfall:digest";
/// The stack tag that says which kind of stack it is.
pub const TAG_KIND: &str = "landfall:kind";
/// The tag that says which organization's configuration owns a stack, and what its resources carry with it.
pub const TAG_ORGANIZATION: &str = "landfall:organization";
/// The stack tag that says which stack of the account and Region a stack was split from: what stands in a part may go back
/// there.
pub const TAG_PART_OF: &str = "landfall:part-of";
