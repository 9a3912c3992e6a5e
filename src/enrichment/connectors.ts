import { createRequire } from 'node:module';
import {
  type CountryCode,
  getCountries,
  type MetadataJson,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/core';
import { getDomain, parse } from 'tldts';
import { z } from 'zod';
import type { FactValue } from '../domain/enrichment/effective.js';
import type { Connector } from '../domain/enrichment/sources.js';
import { accountOfDomain } from '../leads/account.js';

// Its own entrance wraps this file in a module that a test runner takes for the file.
const NUMBERS = createRequire(import.meta.url)('libphonenumber-js/metadata.min.json') as MetadataJson;

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

/** Whether address and telephone number can be right at all; null where there is none, or nobody can tell. */
function contactValidity({ email, phone, country: stated }: Contact): Facts {
  const country = countryOf(stated);
  const number = phone === null ? undefined : numberOf(phone, country);
  const isValid = number?.isValid() === true;
  return {
    email_valid: email === null ? null : address.safeParse(email).success && isPublic(email),
    phone_valid: phone === null || (country === null && !isInternational(phone)) ? null : isValid,
    phone_e164: isValid ? number.number : null,
  };
}

const numberOf = (phone: string, country: CountryCode | null) =>
  country === null
    ? parsePhoneNumberFromString(phone, NUMBERS)
    : parsePhoneNumberFromString(phone, country, NUMBERS);

function countryOf(stated: FactValue | undefined): CountryCode | null {
  const code = typeof stated === 'string' ? stated.trim().toUpperCase() : '';
  return getCountries(NUMBERS).find((country) => country === code) ?? null;
}

/** It says itself in which country it is. */
const isInternational = (phone: string): boolean => phone.trim().startsWith('+');

/** Its domain ends as domains on the internet do: not in `.local` or `.test`. */
const isPublic = (email: string): boolean => parse(email.split('@').at(-1) ?? '').isIcann === true;

/** What each connector finds out, without a network. The same contact gives the same facts. */
export const CONNECT: Readonly<Record<Connector, (contact: Contact) => Facts>> = {
  email_domain: emailDomain,
  contact_validity: contactValidity,
};
