import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#event-store/port.js';
import { DomainError } from '#kernel';
import { KeyStoreUnavailable, SubjectErased } from '#key-store/port.js';
import { ReadStoreUnavailable } from '#read-store/port.js';
import { problemBody, problemOf } from './problem.js';

describe('a store that is away', () => {
  it.each([
    ['log', new StoreUnavailable('esdb://host is away')],
    ['views', new ReadStoreUnavailable('redis://host is away')],
    ['keys', new KeyStoreUnavailable('redis://host is away')],
  ])('(%s) is 503 with Retry-After, and not named', (_, error) => {
    const problem = problemOf(error, false);
    expect(problem).toMatchObject({ status: 503, code: 'store.unavailable' });
    expect(problem.particulars.headers).toEqual({ 'retry-after': '2' });
    expect(JSON.stringify(problemBody(problem, '/v1/customers', 'c'))).not.toContain('host');
  });
});

it('a customer whose key was destroyed after the command was decided is gone, as for one decided later', () => {
  expect(problemOf(new SubjectErased('some-id'), false)).toMatchObject({
    status: 410,
    code: 'customer.erased',
  });
});

it('a rule of the domain about one field names it as the rules of requests do', () => {
  const error = new DomainError('purchase.currency', 'Send EUR.', 'invalid', { field: 'margin.currency' });
  expect(problemBody(problemOf(error, false), '/v1/customers', 'c')).toMatchObject({
    status: 400,
    code: 'purchase.currency',
    violations: [{ field: 'margin.currency', code: 'purchase.currency', message: 'Send EUR.' }],
  });
});
