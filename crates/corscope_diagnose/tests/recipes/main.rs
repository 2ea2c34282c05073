//! The recipes of all stacks: what they write, that whatever a policy says stays text inside of the
//! stack's quotes, and that nothing wider than the policy is written.

mod frameworks;
mod golden;
mod hostile;
mod policies;
mod servers;
