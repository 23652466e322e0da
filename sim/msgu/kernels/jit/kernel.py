"""A kernel: an entry where Python calls it, a part where another kernel does.

numba optimises each function, makes machine code of it, and does both again in every caller, for a caller takes in what
it calls. `advance` is a tree of 140 kernels seven deep. So a part is lowered and no more; it is optimised as it stands in
the code of an entry, with all its neighbours, and only an entry becomes machine code (cold, the same kernels: 149 s of
processor time, so 58).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import llvmlite.binding as llvm
from numba.core import caching, codegen, compiler, event, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher
from numba.core.typing.templates import make_concrete_template

_Dispatcher: Any = CPUDispatcher  # its types leave out what is extended here
_NARROWER = frozenset({types.int8, types.int16, types.int32, types.uint8, types.uint16, types.uint32})


class _Code(codegen.JITCodeLibrary):
    """Code of one part as it was lowered."""

    def _optimize_functions(self, module: Any) -> None:
        """Leave the functions as they are: they are optimised in the entry."""

    def finalize(self) -> None:
        """End what can be added; nothing is optimised, and no machine code is made."""
        self._raise_if_finalized()
        for library in self._linking_libraries:
            self._reload_init.update(library._reload_init)
        self._finalize_dynamic_globals()
        self._finalized = True

    def _below(self) -> Iterator[Any]:
        """Every library that this one needs, each once; what is below a library of numba's own is in it."""
        found, waiting = {self}, [self]
        while waiting:
            for library in waiting.pop()._linking_libraries:
                if library not in found:
                    found.add(library)
                    yield library
                    if isinstance(library, _Code):
                        waiting.append(library)

    def _alone(self) -> Any:
        """Return the module of this part only, of which many modules may take in a copy."""
        self._ensure_finalized()
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == llvm.Linkage.external:
                function.linkage = "linkonce_odr"
        return self._final_module

    def _get_module_for_linking(self) -> Any:
        """Return the module of this part and of all below it, for an entry."""
        if self._shared_module is None:
            whole = self._alone().clone()
            for library in self._below():
                code = library._alone() if isinstance(library, _Code) else library._get_module_for_linking()
                whole.link_in(code, preserve=True)
            self._shared_module = whole
        return self._shared_module


def _border(kind: types.Type) -> types.Type:
    """Return the type that an argument of some type has inside: one for all whole numbers that 64 bits with a sign hold."""
    bare = types.unliteral(kind)
    return types.int64 if bare in _NARROWER else bare


class _Cache(caching.FunctionCache):
    """Entries on the disk; a folder that is carried read-only, as in an image, is read and left as it is."""

    def _save_overload(self, sig: Any, data: Any) -> None:
        if os.access(self.cache_path, os.W_OK):
            super()._save_overload(sig, data)


class Kernel(_Dispatcher):  # type: ignore[misc]
    """A compiled function with the machine code of its entries and the code of its parts, by types of arguments.

    A whole number is widened by who calls: it used to have the type of the array that it had been read from, which made
    386 signatures of 172 functions.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.parts: dict[tuple[types.Type, ...], Any] = {}

    def enable_caching(self) -> None:
        """Keep the entries on the disk."""
        self._cache = _Cache(self.py_func)

    @property
    def name(self) -> str:
        """Name of the module and of the function in it."""
        return f"{self.py_func.__module__}.{self.py_func.__qualname__}"

    @property
    def is_kept(self) -> bool:
        """Whether an entry of this kernel is on the disk."""
        return bool(self._cache._cache_file._load_index())

    def callees(self) -> Iterator[Kernel]:
        """Yield the kernels that this one names, some perhaps twice."""
        names = self.py_func.__code__.co_names
        for name in names:
            named = self.py_func.__globals__.get(name)
            found = [getattr(named, one, None) for one in names] if isinstance(named, ModuleType) else [named]
            yield from (one for one in found if isinstance(one, Kernel))

    def compile(self, sig: Any) -> Any:
        """Return the entry for arguments of these types, found or made."""
        given = tuple(sig if isinstance(sig, tuple) else sig.args)
        inside = tuple(map(_border, given))
        known = inside in self.overloads
        entry = super().compile(inside)
        if not known:
            made = self.overloads[inside]
            for environment in made._find_referenced_environments():  # those of its parts too, which nobody else sets
                made.library.codegen.set_env(environment.env_name, environment)
        if inside != given:
            self._insert([kind._code for kind in given], entry, False)
        return entry

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Return how a kernel calls this one: the template, and what it is called with."""
        pysig, given = self._compiler.fold_argument_types(args, kws)
        inside = tuple(map(_border, given))
        name = self.py_func.__name__
        template = make_concrete_template(f"CallTemplate({name})", key=name, signatures=[self._part(inside).signature])
        return template, pysig, inside, {}

    def get_overload(self, sig: Any) -> Any:
        """Return the key of a part in numba's table of functions."""
        return self._part(tuple(sig if isinstance(sig, tuple) else sig.args)).entry_point

    def _part(self, args: tuple[types.Type, ...]) -> Any:
        with global_compiler_lock:
            if args not in self.parts:
                told = {"dispatcher": self, "args": args, "return_type": None}
                with self._compiling_counter, event.trigger_event("numba:compile", data=told):
                    self.parts[args] = self._lowered(args)
        return self.parts[args]

    def _lowered(self, args: tuple[types.Type, ...]) -> Any:
        flags: Any = compiler.Flags()
        self.targetdescr.options.parse_as_flags(flags, self.targetoptions)
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        target: Any = self.targetctx
        code = _Code(target.codegen(), self.py_func.__qualname__)
        made = compiler.compile_extra(self.typingctx, target, self.py_func, args, None, flags, self.locals, library=code)
        key = (self.py_func, args)
        target.insert_user_function(key, made.fndesc, [code])
        return made._replace(entry_point=key)
