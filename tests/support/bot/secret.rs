//! Secrets that were never anybody's.

use std::fmt::Write as _;

/// The secret of a credential; another one for each generation, always the same for the same name.
pub(crate) fn invented(name: &str, generation: u32) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    // FNV-1a, then xorshift: a name must not shine through, since names are no secrets.
    let text = format!("{name}#{generation}");
    let seed = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut state = seed | 1;
    let mut secret = "sk-test-".to_owned();
    for _ in 0..32 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let letter = LETTERS[usize::try_from(state >> 59).expect("five bits")];
        write!(secret, "{}", char::from(letter)).expect("a string takes everything");
    }
    secret
}
