import { describe, expect, it } from '@jest/globals';
import { CONNECT } from '../../src/enrichment/connectors.js';

const mail = (email: string | null) => CONNECT.email_domain({ email, phone: null, country: null });
const validity = (email: string | null, phone: string | null = null, country: string | null = null) =>
  CONNECT.contact_validity({ email, phone, country });

describe('an e-mail domain', () => {
  it.each([
    ['ada@acme.com', 'acme.com'],
    ['Ada@EU.Mail.Acme.CO.UK', 'acme.co.uk'],
    ['ada@team.acme.github.io', 'acme.github.io'],
    ['ada@gmail.com', null],
    ['ada@web.de', null],
    ['ada@localhost', null],
    ['ada@[192.0.2.1]', null],
    ['nonsense', null],
    [null, null],
  ])('of %p is that of the company %p', (email, domain) => {
    expect(mail(email)).toEqual({ company_domain: domain });
  });
});

describe('an address and a telephone number', () => {
  it.each([
    ['ada@acme.com', true],
    ['ada@acme', false],
    ['ada@@acme.com', false],
    ['ada@acme.local', false],
    [null, null],
  ])('%p can be right: %p', (email, valid) => {
    expect(validity(email)).toMatchObject({ email_valid: valid });
  });

  it.each([
    ['+49 30 901820', null, true, '+4930901820'],
    ['030 901820', 'de', true, '+4930901820'],
    // Nobody can tell in which country.
    ['030 901820', 'Germany', null, null],
    ['030 901820', null, null, null],
    ['+49 12', null, false, null],
    ['12', 'DE', false, null],
    [null, 'DE', null, null],
  ])('%p in %p can be right: %p, as %p', (phone, country, valid, e164) => {
    expect(validity(null, phone, country)).toMatchObject({ phone_valid: valid, phone_e164: e164 });
  });
});
