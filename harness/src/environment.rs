//! What a run needs from the machine around it: throw-away databases, and the tools that must be there.

pub mod database;
pub mod required;
