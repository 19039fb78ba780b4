"""Stack traces, as the JVM and CPython print them."""

from __future__ import annotations

import random
from collections.abc import Sequence

_JAVA_FRAMES = (
    "java.base/java.net.Socket$SocketInputStream.read(Socket.java:1099)",
    "java.base/sun.nio.ch.NioSocketImpl.implRead(NioSocketImpl.java:325)",
    "java.base/java.util.concurrent.FutureTask.run(FutureTask.java:264)",
    "org.apache.http.impl.execchain.MainClientExec.execute(MainClientExec.java:272)",
    "org.apache.http.impl.client.InternalHttpClient.doExecute(InternalHttpClient.java:185)",
    "com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:197)",
    "org.hibernate.engine.jdbc.internal.StatementPreparerImpl.prepareStatement(StatementPreparerImpl.java:151)",
    "org.springframework.transaction.interceptor.TransactionInterceptor.invoke(TransactionInterceptor.java:119)",
    "org.springframework.aop.framework.CglibAopProxy$CglibMethodInvocation.proceed(CglibAopProxy.java:765)",
    "org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:885)",
    "org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:149)",
    "org.apache.tomcat.util.threads.TaskThread$WrappingRunnable.run(TaskThread.java:61)",
    "java.base/java.lang.Thread.run(Thread.java:840)",
)
_JAVA_METHODS = ("execute", "handle", "apply", "process", "load", "submit", "lambda$retry$2")
_PYTHON_LIBRARY = (
    ("urllib3/connectionpool.py", "urlopen", "response = self._make_request("),
    ("requests/sessions.py", "send", "r = adapter.send(request, **kwargs)"),
    ("sqlalchemy/engine/base.py", "_execute_context", "self.dialect.do_execute("),
    ("celery/app/trace.py", "__protected_call__", "return self.run(*args, **kwargs)"),
    ("starlette/routing.py", "app", "response = await f(request)"),
)
_PYTHON_CALLS = (
    ("handle", "result = self.process(message)"),
    ("process", "return self._store(item, deadline=self.deadline)"),
    ("_store", "await self.backend.write(item)"),
    ("refresh", "rows = fetch_all(cursor, batch)"),
    ("run", "self.handle(next(self.queue))"),
)
_CHAINED = "The above exception was the direct cause of the following exception:"
_HANDLING = "During handling of the above exception, another exception occurred:"


def java(exception: str, package: str, logger: str, rng: random.Random) -> list[str]:
    """Return the lines of `Throwable.printStackTrace`, at times with a cause."""
    lines = [exception, *_java_frames(package, logger, rng)]
    if rng.random() < 0.4:
        lines.append("Caused by: java.io.IOException: " + exception.partition(": ")[2].lower())
        lines += _java_frames(package, logger, rng)[:4]
        lines.append(f"\t... {rng.randrange(9, 60)} more")
    return lines


def _java_frames(package: str, logger: str, rng: random.Random) -> list[str]:
    own = [
        f"\tat {package}.{logger}.{method}({logger}.java:{rng.randrange(30, 600)})"
        for method in rng.sample(_JAVA_METHODS, 2)
    ]
    start = rng.randrange(4)
    library = [f"\tat {frame}" for frame in _JAVA_FRAMES[start : start + rng.randrange(3, 10)]]
    return [*library[:1], *own, *library[1:]]


def python(exception: str, package: str, logger: str, rng: random.Random) -> list[str]:
    """Return the lines of `traceback.print_exception`, at times chained."""
    lines: list[str] = []
    if rng.random() < 0.3:
        lines += [*_python_block("OSError: transport closed", package, logger, rng), ""]
        lines += [rng.choice((_CHAINED, _HANDLING)), ""]
    return lines + _python_block(exception, package, logger, rng)


def _python_block(exception: str, package: str, logger: str, rng: random.Random) -> list[str]:
    module = logger.rpartition(".")[2]
    lines = ["Traceback (most recent call last):"]
    for function, code in _in_order(_PYTHON_CALLS, rng.randrange(2, 4), rng):
        lines += _python_frame(f"/app/{package}/{module}.py", function, code, rng)
    for path, function, code in _in_order(_PYTHON_LIBRARY, rng.randrange(1, 3), rng):
        lines += _python_frame(f"/usr/local/lib/python3.11/site-packages/{path}", function, code, rng)
    return [*lines, exception]


def _python_frame(path: str, function: str, code: str, rng: random.Random) -> list[str]:
    return [f'  File "{path}", line {rng.randrange(12, 900)}, in {function}', f"    {code}"]


def _in_order(items: Sequence[tuple[str, ...]], count: int, rng: random.Random) -> list[tuple[str, ...]]:
    return [items[index] for index in sorted(rng.sample(range(len(items)), count))]
