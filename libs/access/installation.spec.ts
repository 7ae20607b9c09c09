import { describe, it } from '@jest/globals';
import { given } from '#test/support/given.js';
import type { InstallationEvent } from './events.js';
import { installation, type FoundInstallation } from './installation.js';

const found = (keyStore: string): FoundInstallation => ({ type: 'FoundInstallation', keyStore });
const founded: InstallationEvent = {
  type: 'InstallationFounded',
  data: { keyStore: 'aa', commandIds: 'of caller and target' },
};
const formerly: InstallationEvent = { type: 'InstallationFounded', data: { keyStore: 'aa' } };

describe('an installation', () => {
  it('is founded once, with the key store of the first start, and goes on with no other', () => {
    given(installation).when(found('aa')).then(founded);
    given(installation, founded).when(found('aa')).then();
    given(installation, founded).when(found('bb')).isRefused('installation.other_keys');
    given(installation, formerly).when(found('aa')).then();
    given(installation, formerly).when(found('bb')).isRefused('installation.other_keys');
  });
});
