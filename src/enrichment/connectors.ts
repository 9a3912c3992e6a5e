import { getDomain, parse } from 'tldts';
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';
import type { FactValue } from '../domain/enrichment/effective.js';
import type { Connector } from '../domain/enrichment/sources.js';
import { accountOfDomain } from '../leads/account.js';

/** What connectors look at. */
export interface Contact {
  readonly email: string | null;
  readonly phone: string | null;
  /** Where the telephone is where its number does not say it: two letters (ISO 3166-1), else it is not used. */
  readonly country: FactValue | undefined;
}

type Facts = Readonly<Record<string, FactValue>>;

/**
 * The company's domain: what can be registered of the address's domain (`eu.acme.co.uk` -> `acme.co.uk`); null for a
 * provider of mail for anybody. It is no name: `acme.com` may belong to Acme or to its holding, so none is guessed.
 */
function emailDomain({ email }: Contact): Facts {
  const host = email?.split('@').at(-1)?.trim().toLowerCase() ?? '';
  const domain = getDomain(host, { allowPrivateDomains: true });
  const company = accountOfDomain(host) === null ? null : accountOfDomain(domain);
  return { company_domain: company };
}

const address = z.email();

/** Whether address and telephone number can be right at all; null where there is none. */
function contactValidity({ email, phone, country }: Contact): Facts {
  const number = phone === null ? undefined : numberOf(phone, country);
  return {
    email_valid: email === null ? null : address.safeParse(email).success && isPublic(email),
    phone_valid: phone === null ? null : number?.isValid() === true,
    phone_e164: number?.isValid() === true ? number.number : null,
  };
}

function numberOf(phone: string, country: FactValue | undefined) {
  const code = typeof country === 'string' ? country.trim().toUpperCase() : '';
  return isSupportedCountry(code)
    ? parsePhoneNumberFromString(phone, code)
    : parsePhoneNumberFromString(phone);
}

/** Its domain ends as domains on the internet do: not in `.local` or `.test`. */
const isPublic = (email: string): boolean => parse(email.split('@').at(-1) ?? '').isIcann === true;

/** What each connector finds out, without a network. The same contact gives the same facts. */
export const CONNECT: Readonly<Record<Connector, (contact: Contact) => Facts>> = {
  email_domain: emailDomain,
  contact_validity: contactValidity,
};
