# SPDX-License-Identifier: Apache-2.0
"""The generated messages, under one roof.

protoc writes `import acts_pb2`, as if the modules stood at the top level. Here they stand in this
package, so each is lent that name just while the next one is imported.
"""

import importlib
import sys


def _load():
    lent = []
    try:
        for name in ("acts_pb2", "consensus_pb2", "charter_pb2", "client_pb2"):
            module = importlib.import_module("." + name, __package__)
            if name not in sys.modules:
                sys.modules[name] = module
                lent.append(name)
            yield module
    finally:
        for name in lent:
            del sys.modules[name]


acts, consensus, charter, client = _load()
