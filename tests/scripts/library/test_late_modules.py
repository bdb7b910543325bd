"""Modules that are read when they are first used."""

import io
import subprocess
import sys
import traceback
import unittest

import _colorize


def in_fresh_process(code):
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout.split()


class Colorize(unittest.TestCase):
    def test_importing_asyncio_does_not_read_it(self):
        code = "import asyncio, sys; print('get_theme' in vars(sys.modules['_colorize']))"
        self.assertEqual(in_fresh_process(code), ["False"])

    def test_it_is_read_at_the_first_attribute(self):
        code = "import _colorize; print(_colorize.ANSIColors.RESET == chr(27) + '[0m')"
        self.assertEqual(in_fresh_process(code), ["True"])

    def test_names_are_imported_from_it(self):
        code = "from _colorize import can_colorize, get_theme; print(can_colorize.__module__)"
        self.assertEqual(in_fresh_process(code), ["_colorize"])

    def test_a_traceback_uses_it(self):
        stream = io.StringIO()
        try:
            raise ValueError("no")
        except ValueError as error:
            traceback.print_exception(error, file=stream, colorize=True)
        self.assertIn("\x1b[", stream.getvalue())
        self.assertIn("ValueError", stream.getvalue())

    def test_what_is_set_in_it_counts(self):
        before = _colorize.can_colorize
        _colorize.can_colorize = lambda **_: True
        try:
            text = _colorize.get_colors()
        finally:
            _colorize.can_colorize = before
        self.assertTrue(text.RESET)

    def test_a_name_it_has_not_is_an_attribute_error(self):
        with self.assertRaisesRegex(AttributeError, "module '_colorize' has no attribute 'missing'"):
            _colorize.missing
        self.assertFalse(hasattr(_colorize, "__path__"))

    def test_dir_names_what_it_has(self):
        self.assertIn("get_theme", dir(_colorize))

    def test_threads_may_be_the_first_together(self):
        code = """if True:
            import _colorize, threading
            names = []
            gate = threading.Barrier(8)
            def look():
                gate.wait()
                names.append(_colorize.get_theme.__name__)
            threads = [threading.Thread(target=look) for _ in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(len(names))
        """
        self.assertEqual(in_fresh_process(code), ["8"])


if __name__ == "__main__":
    unittest.main()
