//! The allocator of the command, for programs that embed the interpreter too.

use std::alloc::{GlobalAlloc, Layout};

use libmimalloc_sys as mi;

/// mimalloc. Set it with `#[global_allocator]`: the interpreter allocates all the time, and its
/// own `mimalloc` feature does nothing for a program that embeds it.
///
/// The crate `mimalloc` calls `mi_malloc_aligned` for everything. In mimalloc 3 that takes a slow
/// way, and more memory, whenever the free list of the size class is used up and the size is no
/// power of two: nearly always, for objects of 80 or 96 bytes. Plain `mi_malloc` aligns to 16
/// bytes as it is.
pub struct Allocator;

/// What mimalloc guarantees for blocks of this size and more (its `MI_MAX_ALIGN_SIZE`); smaller
/// ones are aligned to their size.
const NATURAL: usize = 16;

fn is_natural(layout: Layout, size: usize) -> bool {
    layout.align() <= NATURAL && layout.align() <= size
}

// SAFETY: mimalloc's functions keep the contract, with the alignment asked for wherever it is more
// than they give anyway.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: the caller's.
        unsafe {
            match is_natural(layout, size) {
                true => mi::mi_malloc(size).cast(),
                false => mi::mi_malloc_aligned(size, align).cast(),
            }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: the caller's.
        unsafe {
            match is_natural(layout, size) {
                true => mi::mi_zalloc(size).cast(),
                false => mi::mi_zalloc_aligned(size, align).cast(),
            }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        // SAFETY: the caller's.
        unsafe { mi::mi_free(block.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's.
        unsafe {
            match is_natural(layout, size) {
                true => mi::mi_realloc(block.cast(), size).cast(),
                false => mi::mi_realloc_aligned(block.cast(), size, layout.align()).cast(),
            }
        }
    }
}
