import{lb as e,nb as t}from"./chunk-X3ZK6FCR.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
