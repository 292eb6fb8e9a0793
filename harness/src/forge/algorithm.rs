//! The signature algorithms of JWS that a token can be signed with (RFC 7518 3.1, RFC 8037 3.1).

use aws_lc_rs::signature::{
    self, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, RsaEncoding, RsaParameters,
};

/// A JWS signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC.
    Hs(Hash),
    /// RSASSA-PKCS1-v1_5.
    Rs(Hash),
    /// RSASSA-PSS.
    Ps(Hash),
    /// ECDSA over the curve that belongs to the hash: P-256, P-384, P-521.
    Es(Hash),
    /// Ed25519.
    EdDsa,
}

/// The hash function of an algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// From the weakest to the strongest.
pub(super) const HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha384, Hash::Sha512];

const NAMES: &[(&str, Algorithm)] = &[
    ("HS256", Algorithm::Hs(Hash::Sha256)),
    ("HS384", Algorithm::Hs(Hash::Sha384)),
    ("HS512", Algorithm::Hs(Hash::Sha512)),
    ("RS256", Algorithm::Rs(Hash::Sha256)),
    ("RS384", Algorithm::Rs(Hash::Sha384)),
    ("RS512", Algorithm::Rs(Hash::Sha512)),
    ("PS256", Algorithm::Ps(Hash::Sha256)),
    ("PS384", Algorithm::Ps(Hash::Sha384)),
    ("PS512", Algorithm::Ps(Hash::Sha512)),
    ("ES256", Algorithm::Es(Hash::Sha256)),
    ("ES384", Algorithm::Es(Hash::Sha384)),
    ("ES512", Algorithm::Es(Hash::Sha512)),
    ("EdDSA", Algorithm::EdDsa),
    // RFC 9864 2.2; written back as EdDSA, which says the same for this curve.
    ("Ed25519", Algorithm::EdDsa),
];

impl Algorithm {
    /// Reads the exact name of an algorithm; names are case-sensitive (RFC 7515 4.1.1).
    pub fn parse(name: &str) -> Option<Algorithm> {
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, algorithm)| *algorithm)
    }

    /// The name that goes into a header.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, known)| *known == self)
            .map_or("none", |(name, _)| name)
    }

    /// Whether it is keyed by a shared secret.
    pub fn is_hmac(self) -> bool {
        matches!(self, Algorithm::Hs(_))
    }

    /// Whether both are used with the same type of key.
    pub(super) fn is_sibling_of(self, other: Algorithm) -> bool {
        use Algorithm::{EdDsa, Es, Hs, Ps, Rs};
        matches!(
            (self, other),
            (Hs(_), Hs(_)) | (Rs(_), Rs(_)) | (Ps(_), Ps(_)) | (Es(_), Es(_)) | (EdDsa, EdDsa)
        )
    }
}

impl Hash {
    /// Length of the digest in bytes.
    pub(super) fn len(self) -> usize {
        match self {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    /// Length of a coordinate of the curve in bytes (RFC 7518 6.2.1.2).
    pub(super) fn coordinate(self) -> usize {
        match self {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 66,
        }
    }

    /// The curve that RFC 7518 3.4 pairs with the hash.
    pub(super) fn curve(self) -> &'static str {
        match self {
            Hash::Sha256 => "P-256",
            Hash::Sha384 => "P-384",
            Hash::Sha512 => "P-521",
        }
    }

    /// ECDSA with raw signatures over the curve of the hash (RFC 7518 3.4).
    pub(super) fn ec_signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Hash::Sha256 => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
            Hash::Sha384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
            Hash::Sha512 => &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
        }
    }

    /// The other half of [`Hash::ec_signing`].
    pub(super) fn ec_verifying(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Hash::Sha256 => &signature::ECDSA_P256_SHA256_FIXED,
            Hash::Sha384 => &signature::ECDSA_P384_SHA384_FIXED,
            Hash::Sha512 => &signature::ECDSA_P521_SHA512_FIXED,
        }
    }

    /// RSASSA-PKCS1-v1_5 (RFC 7518 3.3).
    pub(super) fn pkcs1_signing(self) -> &'static dyn RsaEncoding {
        match self {
            Hash::Sha256 => &signature::RSA_PKCS1_SHA256,
            Hash::Sha384 => &signature::RSA_PKCS1_SHA384,
            Hash::Sha512 => &signature::RSA_PKCS1_SHA512,
        }
    }

    /// RSASSA-PSS (RFC 7518 3.5).
    pub(super) fn pss_signing(self) -> &'static dyn RsaEncoding {
        match self {
            Hash::Sha256 => &signature::RSA_PSS_SHA256,
            Hash::Sha384 => &signature::RSA_PSS_SHA384,
            Hash::Sha512 => &signature::RSA_PSS_SHA512,
        }
    }

    /// The other half of [`Hash::pkcs1_signing`].
    pub(super) fn pkcs1_verifying(self) -> &'static RsaParameters {
        match self {
            Hash::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Hash::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Hash::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        }
    }

    /// The other half of [`Hash::pss_signing`].
    pub(super) fn pss_verifying(self) -> &'static RsaParameters {
        match self {
            Hash::Sha256 => &signature::RSA_PSS_2048_8192_SHA256,
            Hash::Sha384 => &signature::RSA_PSS_2048_8192_SHA384,
            Hash::Sha512 => &signature::RSA_PSS_2048_8192_SHA512,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for (name, algorithm) in NAMES {
            assert_eq!(Algorithm::parse(name), Some(*algorithm));
        }
        for name in ["", "none", "hs256", "HS256 ", "ES256K"] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
        assert_eq!(Algorithm::EdDsa.name(), "EdDSA");
    }

    #[test]
    fn each_algorithm_has_its_family_and_its_hash() {
        let of = |name: &str| Algorithm::parse(name).unwrap();
        for name in ["HS256", "HS384", "HS512"] {
            assert!(
                of(name).is_hmac() && of(name).is_sibling_of(of("HS256")),
                "{name}"
            );
            assert!(!of(name).is_sibling_of(of("RS256")), "{name}");
        }
        for name in ["RS256", "PS384", "ES512", "EdDSA"] {
            assert!(
                !of(name).is_hmac() && of(name).is_sibling_of(of(name)),
                "{name}"
            );
        }
        let lengths = [Hash::Sha256, Hash::Sha384, Hash::Sha512].map(Hash::len);
        assert_eq!(lengths, [32, 48, 64]);
    }
}
