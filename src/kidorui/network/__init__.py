"""A case compiled to indexed arrays on a time axis."""

from kidorui.network.compile import Network, compile_network
from kidorui.network.tree import Tree, grow

__all__ = ["Network", "Tree", "compile_network", "grow"]
