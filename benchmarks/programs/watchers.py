"""Many watchers of one stream of server-sent events. `python watchers.py HOST PORT PATH COUNT`.

Prints a line when all are connected, then reads until it is ended.
"""

import asyncio
import sys


async def watch(host, port, path, connected):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.lower().startswith(b"http/1.1 200"):
        sys.exit(head.decode())
    connected.release()
    while await reader.read(65536):
        pass


async def main(host, port, path, count):
    connected = asyncio.Semaphore(0)
    watchers = [asyncio.create_task(watch(host, port, path, connected)) for _ in range(count)]
    for _ in range(count):
        await connected.acquire()
    print("connected", flush=True)
    await asyncio.gather(*watchers)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
