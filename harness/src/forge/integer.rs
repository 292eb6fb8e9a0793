//! Sums of large integers as byte strings: what degenerate signatures need.

/// The order of the group of Ed25519, little-endian (RFC 8032 5.1).
const ED25519_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/// `a - b` for big-endian integers of equal length, `a` not the smaller.
pub(super) fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut digits: Vec<u8> = a
        .iter()
        .zip(b)
        .rev()
        .map(|(a, b)| {
            let difference = i16::from(*a) - i16::from(*b) - borrow;
            borrow = i16::from(difference < 0);
            difference.rem_euclid(256) as u8
        })
        .collect();
    digits.reverse();
    digits
}

/// `s` plus the order of the group of Ed25519: the same scalar, out of its range. Little-endian, 32 bytes.
pub(super) fn plus_group_order(s: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    s.iter()
        .zip(from_hex(ED25519_ORDER))
        .map(|(a, b)| {
            let sum = u16::from(*a) + u16::from(b) + carry;
            carry = sum >> 8;
            sum as u8
        })
        .collect()
}

/// Bytes of a hexadecimal constant; other characters count as zero.
pub(super) fn from_hex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
    text.as_bytes()
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, next| byte << 4 | digit(*next)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(got: Vec<u8>, want: &[u8]) {
        assert_eq!(got, want);
    }

    #[test]
    fn borrows_and_carries_run_through() {
        check(minus(&[1, 0, 0], &[0, 0, 1]), &[0, 255, 255]);
        check(minus(&[5, 5], &[5, 5]), &[0, 0]);
        let sum = plus_group_order(&[0xff; 32]);
        check(sum[..2].to_vec(), &[0xec, 0xd3]);
        check(sum[31..].to_vec(), &[0x10]);
        check(from_hex("00ff10"), &[0, 255, 16]);
    }
}
