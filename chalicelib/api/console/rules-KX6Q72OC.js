import{ob as e,qb as t}from"./chunk-RSXZZIN7.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
