// SPDX-License-Identifier: Apache-2.0

// Mantine's components as links of the router, with the router's types: `to`,
// `params` and `search` are checked against the routes.

import { Anchor, Button, NavLink } from '@mantine/core';
import type { AnchorProps, ButtonProps, NavLinkProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { forwardRef } from 'react';
import type { AnchorHTMLAttributes } from 'react';

type Native<Props> = Props &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

export const AnchorLink = createLink(
  forwardRef<HTMLAnchorElement, Native<AnchorProps>>(function AnchorLink(props, ref) {
    return <Anchor ref={ref} {...props} />;
  }),
);

export const ButtonLink = createLink(
  forwardRef<HTMLAnchorElement, Native<ButtonProps>>(function ButtonLink(props, ref) {
    return <Button component="a" ref={ref} {...props} />;
  }),
);

export const NavigationLink = createLink(
  forwardRef<HTMLAnchorElement, Native<NavLinkProps>>(function NavigationLink(props, ref) {
    return <NavLink component="a" ref={ref} {...props} />;
  }),
);
