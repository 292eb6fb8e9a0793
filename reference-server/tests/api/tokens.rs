//! Access tokens, wherever they are sent

pub(crate) mod forged;
pub(crate) mod keys;
pub(crate) mod sent;

#[track_caller]
pub(super) fn refused(status: u16, what: &str) {
    assert_eq!(status, 401, "{what}");
}
