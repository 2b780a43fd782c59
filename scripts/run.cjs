'use strict';

/*
 * Entry of every npm script: sets up what is missing, then runs the task named by the first argument.
 *
 * This file is plain old JavaScript so that an old Node can read it far enough to say that it is old.
 * Exit code 2 means that the set-up could not be done; the message says what mends it.
 */

var required = [20, 19];
var found = process.versions.node.split('.').map(Number);

if (found[0] < required[0] || (found[0] === required[0] && found[1] < required[1])) {
  console.error(
    'etl-polyglot needs Node ' +
      required.join('.') +
      ' or newer, and this is ' +
      process.versions.node +
      '.\n' +
      'Install a newer Node (https://nodejs.org, or your version manager: nvm install 20) and run the command again.',
  );
  process.exit(2);
}

import('./task.mjs').then((module) => module.runTask(process.argv[2], process.argv.slice(3)));
