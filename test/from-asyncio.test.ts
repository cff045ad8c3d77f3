import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** What someone who learned asyncio from a tutorial looks for: the model, the libraries and the calls. */
const NAMES = [
  ['event loop', 'coroutine', 'await', 'asyncio.run(main())'],
  ['aiohttp', 'requests.get', 'ClientSession', 'resp.text()', 'gather', 'httpbin'],
  ['Semaphore(10)', 'Crawlers', 'Batches', 'bulkWrite'],
  ['return_exceptions=True', 'wait_for', 'timeout', 'tenacity', 'retry'],
  ['FastAPI', 'Starlette', 'asyncpg', 'aiomysql', 'pymysql'],
  ['asyncio.to_thread', 'ProcessPoolExecutor', 'structlog', 'QueueHandler'],
].flat();

/** `asyncio.__all__` of Python 3.14 (its private names left out), what Windows adds, and the methods of its classes and loops. */
const ASYNCIO = `
  ALL_COMPLETED AbstractEventLoop AbstractEventLoopPolicy AbstractServer Barrier BaseEventLoop BaseProtocol BaseTransport BoundedSemaphore
  BrokenBarrierError BufferedProtocol CancelledError Condition DatagramProtocol DatagramTransport DefaultEventLoopPolicy Event EventLoop
  FIRST_COMPLETED FIRST_EXCEPTION FrameCallGraphEntry Future FutureCallGraph Handle IncompleteReadError InvalidStateError LifoQueue
  LimitOverrunError Lock PriorityQueue Protocol Queue QueueEmpty QueueFull QueueShutDown ReadTransport Runner SelectorEventLoop Semaphore
  SendfileNotAvailableError Server StreamReader StreamReaderProtocol StreamWriter SubprocessProtocol SubprocessTransport Task TaskGroup Timeout
  TimeoutError TimerHandle Transport WriteTransport all_tasks as_completed capture_call_graph create_eager_task_factory create_subprocess_exec
  create_subprocess_shell create_task current_task eager_task_factory ensure_future format_call_graph future_add_to_awaited_by
  future_discard_from_awaited_by gather get_event_loop get_event_loop_policy get_running_loop iscoroutine iscoroutinefunction isfuture
  new_event_loop open_connection open_unix_connection print_call_graph run run_coroutine_threadsafe set_event_loop set_event_loop_policy shield
  sleep start_server start_unix_server timeout timeout_at to_thread wait wait_for wrap_future
  ProactorEventLoop IocpProactor WindowsSelectorEventLoopPolicy WindowsProactorEventLoopPolicy
  add_done_callback remove_done_callback result exception done cancelled set_result set_exception cancelling uncancel get_name set_name get_coro
  get_stack print_stack get_context when reschedule expired
  read readline readexactly readuntil at_eof write drain close wait_closed start_tls serve_forever
  run_forever run_until_complete stop is_running is_closed call_soon call_soon_threadsafe call_later call_at time create_future set_task_factory
  get_task_factory add_signal_handler remove_signal_handler run_in_executor set_default_executor shutdown_default_executor shutdown_asyncgens
  set_exception_handler get_exception_handler call_exception_handler default_exception_handler set_debug get_debug slow_callback_duration
  create_connection create_server create_unix_connection create_unix_server connect_accepted_socket create_datagram_endpoint connect_read_pipe
  connect_write_pipe add_reader remove_reader add_writer remove_writer sock_recv sock_recv_into sock_recvfrom sock_recvfrom_into sock_sendall
  sock_sendto sock_connect sock_accept sock_sendfile sendfile getaddrinfo getnameinfo subprocess_exec subprocess_shell
`
  .trim()
  .split(/\s+/);

const text = readFileSync('docs/from-asyncio.md', 'utf8');
const page = text.toLowerCase();

for (const name of NAMES) {
  test(`docs/from-asyncio.md says what ${name} is here`, () => {
    assert.ok(page.includes(name.toLowerCase()), `${name} is not in docs/from-asyncio.md`);
  });
}

test('docs/from-asyncio.md has every public name of asyncio in the left column of its last tables, with an answer', () => {
  const rows = text
    .slice(text.indexOf('\n## Every name of asyncio'))
    .split('\n')
    .flatMap((line) => {
      const [, left, right] = /^\| (.*?[^\\]) \| (.*) \|$/.exec(line) ?? [];
      return left === undefined || right === undefined ? [] : [{ left, right }];
    });
  const answered = new Set(
    rows.flatMap(({ left, right }) => (right.trim() === '' ? [] : [...left.matchAll(/\w+/g)].map(([name]) => name))),
  );
  assert.ok(ASYNCIO.length > 170 && rows.length > 50);
  assert.deepEqual(
    ASYNCIO.filter((name) => !answered.has(name)),
    [],
  );
});

test('every program of examples/asyncio is linked to from docs/from-asyncio.md, and every link leads to one', () => {
  const linked = new Set([...text.matchAll(/examples\/asyncio\/[\w-]+\.ts/g)].map(([path]) => path));
  assert.deepEqual([...linked].sort(), globSync('examples/asyncio/*.ts').sort());
});
