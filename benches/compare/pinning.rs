//! Which core does what.

/// The cores of a comparison; the same one twice where there is but one.
#[derive(Clone, Copy)]
pub(crate) struct Cores {
    pub(crate) client: usize,
    pub(crate) server: usize,
}

/// The first two cores that this process may use.
#[cfg(target_os = "linux")]
pub(crate) fn cores() -> Cores {
    // SAFETY: a zeroed set is an empty one, and the call writes no further than its size.
    let allowed = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut set);
        set
    };
    // SAFETY: only reads the set, of which `core` is a bit.
    let is_allowed = |core: &usize| unsafe { libc::CPU_ISSET(*core, &allowed) };
    let mut cores = (0..libc::CPU_SETSIZE as usize).filter(is_allowed);
    let client = cores.next().unwrap_or(0);
    let server = cores.next().unwrap_or(client);
    Cores { client, server }
}

/// Pins the calling thread, and the processes that it starts.
#[cfg(target_os = "linux")]
pub(crate) fn pin_to(cores: &[usize]) {
    // SAFETY: a zeroed set is an empty one, and the call only reads it.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        cores.iter().for_each(|core| libc::CPU_SET(*core, &mut set));
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set);
    }
}

/// Elsewhere the system decides.
#[cfg(not(target_os = "linux"))]
pub(crate) fn cores() -> Cores {
    Cores {
        client: 0,
        server: 1,
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn pin_to(_cores: &[usize]) {}
