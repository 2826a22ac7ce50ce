import{b as p}from"./chunk-7HRTLWCI.js";import"./chunk-4AXNONFI.js";import"./chunk-4UXMF4X5.js";import{d as m,dc as o}from"./chunk-RW3XVZE6.js";m(o(p,{}),document.getElementById("app"));
