//! The environment of a test binary.

#[expect(
    clippy::disallowed_methods,
    reason = "a test binary is its own outside"
)]
pub(crate) fn outside(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
