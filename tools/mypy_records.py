"""A mypy plugin: `record.replace(...)` takes the fields of that record, each with its own type, none of them needed."""

from collections.abc import Callable
from typing import Final

from mypy.nodes import ARG_NAMED_OPT, TypeInfo, Var
from mypy.plugin import MethodSigContext, Plugin
from mypy.typeops import map_type_from_supertype
from mypy.types import AnyType, FunctionLike, Instance, Type, TypeOfAny, TypeVarType, get_proper_type

_RECORD: Final = "understudy.record.Record"
_PYDANTIC: Final = "pydantic-mypy-metadata"
"""The key under which pydantic's own plugin keeps the fields of a model."""


class RecordPlugin(Plugin):
    """Gives `Record.replace` the signature of the record that it is called on."""

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Return the hook for methods of that name: mypy names them by the class of the object, not by `Record`."""
        return _of_the_record if fullname.endswith(".replace") else None


def _of_the_record(context: MethodSigContext) -> FunctionLike:
    owner = get_proper_type(context.type)
    if isinstance(owner, TypeVarType):
        owner = get_proper_type(owner.upper_bound)
    if not isinstance(owner, Instance) or not owner.type.has_base(_RECORD) or _PYDANTIC not in owner.type.metadata:
        return context.default_signature
    names = list(owner.type.metadata[_PYDANTIC]["fields"])
    return context.default_signature.copy_modified(
        arg_types=[_type_of(owner.type, name) for name in names],
        arg_kinds=[ARG_NAMED_OPT] * len(names),
        arg_names=names,
    )


def _type_of(info: TypeInfo, name: str) -> Type:
    """Return the type of a field as its class declares it."""
    for base in info.mro:
        symbol = base.names.get(name)
        if symbol is not None and isinstance(symbol.node, Var) and symbol.node.type is not None:
            return map_type_from_supertype(symbol.node.type, info, base)
    return AnyType(TypeOfAny.special_form)


def plugin(_version: str) -> type[Plugin]:
    """Return the plugin, as mypy calls for it."""
    return RecordPlugin
