import { SPECIAL, USUAL } from './options.js';

export const HELP = `Compares the service with servers that do only the unavoidable work, and with better-auth, on this machine.

npm run bench -- [options]

  --only <parts>         ${USUAL.join(', ')} (the default),
                         ${SPECIAL.join(', ')}
  --rounds <n>           rounds of each subject, in turns (default 5)
  --seconds <n>          the length of a round (default 1; twice that if passwords are hashed)
  --connections <n,n>    for me: measures each number of connections
  --clients <n>          for me: n clients that stay connected, in comparison with 50
  --compare <revision>   builds a git revision and compares this build with it
  --pgbouncer            compares the service through PgBouncer with a direct connection
  --metrics              compares the service with metrics with one without
  --processes <n>        compares n processes on one database with one
  --idle-seconds <n>     how long idle servers are watched (default 120)
  --starts <n>           how often each program is started (default 5)
  --allow-noise          prints ratios even if the machine was too busy for them
  --json                 prints JSON
  -h, --help             prints this

Figures are medians over the rounds. "cpu ms" is the processor time of the server's processes per request, "pg cpu ms"
that of PostgreSQL. A ratio is the median of the ratios of each round; of requests per second more is better, of
everything else less.

The exit code is 1 if a request failed, and 2 if the machine was too noisy for ratios: other programs or the hypervisor
took processor time, or a floor did not keep its speed.
`;
