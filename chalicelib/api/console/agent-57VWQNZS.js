import{ob as t,qb as e}from"./chunk-3KI52WAX.js";function f(){return t(e,{title:"Agent",children:"\u2026"})}export{f as default};
