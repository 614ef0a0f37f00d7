//! What the target's process takes, where it runs on this machine.

use std::fs;

/// `VmRSS` of that process (Linux, proc(5)).
pub fn resident_kib(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok())
}
