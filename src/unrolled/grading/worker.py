"""Run a student's notebook inside the sandbox, as the judge asks cell by cell and call by call.

Reads frames on standard input, answers on standard output. Nothing here is trusted: the judge
checks every answer, and a notebook that meddles with this process only spoils its own results.
"""

import os
import resource
import sys

# Siblings: inside the sandbox these files lie side by side, without a package around them.
import cell_runner  # pyright: ignore[reportMissingImports]
import frames  # pyright: ignore[reportMissingImports]
import numpy as np
import stand_ins  # pyright: ignore[reportMissingImports]

BACK = 77  # the exit status that says: go back to the last mark


class Worker:
    """Holds the notebook, the models it made, and the two file descriptors of the judge."""

    def __init__(self, reading, writing, output_bytes):
        self.reading = reading
        self.writing = writing
        self.notebook = cell_runner.Notebook(output_bytes)
        self.notebook.names["np"] = np
        self.models = {}
        self.depth = 0

    def serve(self):
        while (body := frames.read_frame(self.read)) is not None:
            unpacker = frames.Unpacker(body)
            request = unpacker.message
            packer = frames.Packer(handle=self.keep_model)
            try:
                answer = getattr(self, "do_" + request["op"])(request, unpacker, packer)
            except BaseException as error:
                packer = frames.Packer()
                answer = {"error": cell_runner.describe_error(error)}
            self.answer({**answer, "id": request["id"]}, packer)

    def read(self, size):
        return os.read(self.reading, size)

    def answer(self, message, packer):
        try:
            data = packer.frame(message)
        except (frames.FrameError, ValueError) as error:
            data = frames.Packer().frame(
                {"id": message["id"], "error": cell_runner.describe_error(error)}
            )
        view = memoryview(data)
        while view:
            view = view[os.write(self.writing, view) :]

    def do_run(self, request, unpacker, packer):
        error = self.notebook.run(request["source"], request["cell"])
        return {"outputs": self.notebook.capture.take(), "failed": error}

    def do_names(self, request, unpacker, packer):
        names = self.notebook.names
        kinds = {name: "callable" if callable(names[name]) else "value"
                 for name in request["names"] if name in names}  # fmt: skip
        return {"names": kinds}

    def do_get(self, request, unpacker, packer):
        return {"value": packer.node(self.notebook.names[request["name"]])}

    def do_call(self, request, unpacker, packer):
        args = unpacker.value(request["args"])
        kwargs = unpacker.value(request["kwargs"])
        before = canonical(args)
        answer: dict[str, object]
        try:
            value = self.target(request)(*args, **kwargs)
            if request.get("model") is not None:
                value = as_arrays(value)
            answer = {"value": packer.node(value)}
        except BaseException as error:
            # What it changed before it stopped is changed all the same.
            answer = {"error": cell_runner.describe_error(error)}
        answer["after"] = None if canonical(args) == before else packer.node(args)
        # What a call printed or drew belongs to no cell.
        self.notebook.capture.take()
        return answer

    def target(self, request):
        if request.get("model") is None:
            return self.notebook.names[request["name"]]
        model = self.models[request["model"]]
        return model if request["name"] == "__call__" else getattr(model, request["name"])

    def keep_model(self, value, packer, depth):
        """Keras models stay here and travel as a number; tensors travel as arrays."""
        keras = sys.modules.get("keras")
        if keras is None or isinstance(keras, stand_ins.StandIn):
            return None
        if isinstance(value, keras.Model):
            number = next((n for n, m in self.models.items() if m is value), len(self.models))
            self.models[number] = value
            return {"t": "model", "v": number, "n": str(type(value).__name__)[:80]}
        if keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
            return packer.node(np.asarray(value), depth + 1)
        return None

    def do_mark(self, request, unpacker, packer):
        """Keep this state: the copy goes on, and this process waits until it is asked back."""
        pid = os.fork()
        if pid == 0:
            self.depth += 1
            return {"depth": self.depth}
        _, status = os.waitpid(pid, 0)
        if not (os.WIFEXITED(status) and os.WEXITSTATUS(status) == BACK):
            os._exit(1)
        return {"depth": self.depth}

    def do_back(self, request, unpacker, packer):
        os._exit(BACK)


def canonical(value):
    """A value's whole content, to see whether a call changed it."""
    packer = frames.Packer()
    return repr(packer.node(value)), packer.buffers


def as_arrays(value):
    if isinstance(value, list | tuple):
        return [as_arrays(item) for item in value]
    if isinstance(value, dict):
        return {key: as_arrays(item) for key, item in value.items()}
    return None if value is None else np.asarray(value)


def limit_resources(limits):
    """Limits that hold for the notebook and all it starts; nothing here can raise them again."""
    for name, value in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", limits["file_bytes"]),
        ("RLIMIT_NOFILE", limits["open_files"]),
        ("RLIMIT_NPROC", limits["processes"]),
        ("RLIMIT_CPU", limits["cpu_seconds"]),
        ("RLIMIT_DATA", limits["memory_bytes"]),
        # Shared mappings count here only.
        ("RLIMIT_AS", limits["address_bytes"]),
    ):
        if value is not None:
            resource.setrlimit(getattr(resource, name), (value, value))


def write_files(files):
    """The assignment's own files, where its notebook expects them."""
    for name, content in files.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content.tobytes())


def serve(reading, writing):
    """Be a worker on these two file descriptors until the judge closes them."""
    # What C code prints goes nowhere; what Python prints is captured.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    body = frames.read_frame(lambda size: os.read(reading, size))
    if body is None:
        return
    unpacker = frames.Unpacker(body)
    settings = unpacker.message
    sys.argv = [""]
    # A worker may be a copy of a process, and so far its generator is that of all the others.
    np.random.seed()  # noqa: NPY002 - it is the old one that is seeded
    # As in Jupyter, a notebook can import what it wrote beside itself.
    sys.path[:] = ["", *(path for path in sys.path if path != os.path.dirname(__file__))]
    # A long chain of calls should end in Python's own RecursionError, not in a crash.
    sys.setrecursionlimit(1500)
    stand_ins.install(settings["stand_ins"])
    limit_resources(settings["limits"])
    write_files({name: unpacker.value(node) for name, node in settings["files"].items()})
    worker = Worker(reading, writing, settings["limits"]["output_bytes"])
    worker.answer({"id": settings["id"], "ready": True}, frames.Packer())
    worker.serve()


if __name__ == "__main__":
    serve(os.dup(0), os.dup(1))
