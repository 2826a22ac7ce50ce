import{b as p}from"./chunk-ISLLE6FH.js";import"./chunk-ZGWXRQJ4.js";import"./chunk-YPDPRSP6.js";import{d as m,dc as o}from"./chunk-53ZTQVAM.js";m(o(p,{}),document.getElementById("app"));
