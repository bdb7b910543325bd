"""asyncio.unix_events with Tauraro's event loop as the default one.

The interpreter's own module runs first, in this very namespace; then the loop is added.
"""

import _imp

exec(_imp.get_frozen_object("_runtime_bridge_unix_events"), globals())

from _runtime_bridge import EventLoopCore as _EventLoopCore


class _MirroredSelector(selectors.BaseSelector):
    """A selector that has no descriptor to wait for (poll, select), and one that has beside it."""

    def __init__(self, selector):
        self._selector = selector
        self._mirror = selectors.DefaultSelector()
        # What the mirror refuses, such as a regular file, is always ready.
        self._always_ready = set()

    def fileno(self):
        return self._mirror.fileno()

    def register(self, fileobj, events, data=None):
        key = self._selector.register(fileobj, events, data)
        try:
            self._mirror.register(key.fd, events)
        except PermissionError:
            self._always_ready.add(key.fd)
        return key

    def modify(self, fileobj, events, data=None):
        key = self._selector.modify(fileobj, events, data)
        if key.fd not in self._always_ready:
            self._mirror.modify(key.fd, events)
        return key

    def unregister(self, fileobj):
        key = self._selector.unregister(fileobj)
        if key.fd in self._always_ready:
            self._always_ready.remove(key.fd)
        else:
            self._mirror.unregister(key.fd)
        return key

    def select(self, timeout=None):
        return self._selector.select(timeout)

    def get_map(self):
        return self._selector.get_map()

    def close(self):
        self._mirror.close()
        self._selector.close()


class _TauraroEventLoop(_EventLoopCore, _UnixSelectorEventLoop):
    """asyncio's selector event loop over a native ready queue, timers and tokio's I/O driver."""

    def __init__(self, selector=None):
        if selector is not None and not hasattr(selector, 'fileno'):
            selector = _MirroredSelector(selector)
        _UnixSelectorEventLoop.__init__(self, selector)
        try:
            self._attach(self._selector.fileno())
        except BaseException:
            _UnixSelectorEventLoop.close(self)
            raise

    def _run_forever_setup(self):
        super()._run_forever_setup()
        self._wakeup_fd = None
        if threading.current_thread() is threading.main_thread():
            # A signal that comes just before the loop goes to sleep must wake it.
            self._wakeup_fd = signal.set_wakeup_fd(self._csock.fileno())

    def _run_forever_cleanup(self):
        # add_signal_handler() wants the descriptor kept between two runs.
        if self._wakeup_fd is not None and not self._signal_handlers:
            signal.set_wakeup_fd(self._wakeup_fd)
        super()._run_forever_cleanup()

    def _run_once(self):
        self._run(self._stopping)
        self._stopping = True

    def set_debug(self, enabled):
        super().set_debug(enabled)
        self._set_debug(bool(enabled))

    def _debug_handle(self, name, when, callback, *args, context=None):
        """A handle that remembers where it was made; in debug mode only."""
        self._check_callback(callback, name)
        if name == 'call_soon_threadsafe':
            handle = events._ThreadSafeHandle(callback, args, self, context)
            if handle._source_traceback:
                del handle._source_traceback[-1]
        elif when is None:
            handle = events.Handle(callback, args, self, context)
        else:
            handle = events.TimerHandle(when, callback, args, self, context)
            handle._scheduled = True
        if handle._source_traceback:
            del handle._source_traceback[-1]
        return handle

    def _create_task_in_python(self, coro, **kwargs):
        return _UnixSelectorEventLoop.create_task(self, coro, **kwargs)

    def set_task_factory(self, factory):
        super().set_task_factory(factory)
        self._set_has_task_factory(factory is not None)

    def stop(self):
        super().stop()
        self._set_stopping()

    def close(self):
        if self.is_closed() or self.is_running():
            super().close()
            return
        # First, while the selector that the native half watches is still open.
        self._detach()
        super().close()

    def _write_to_self(self):
        self._poke()

    def _add_callback_signalsafe(self, handle):
        self._add_callback(handle)
        self._poke()

    def _report_slow_callback(self, handle, seconds):
        if seconds >= self.slow_callback_duration:
            base_events.logger.warning("Executing %s took %.3f seconds",
                                       base_events._format_handle(handle), seconds)


_TauraroEventLoop.__name__ = _TauraroEventLoop.__qualname__ = "EventLoop"
SelectorEventLoop = EventLoop = _TauraroEventLoop
_UnixDefaultEventLoopPolicy._loop_factory = _TauraroEventLoop
