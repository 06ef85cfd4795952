"""Search: opens a published index and answers questions with ranked Q&A pages."""

import sys

# OpenVINO reports each import and each conversion to its makers. Without this package, which is installed with it, it
# does not, and nothing here opens a connection.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
