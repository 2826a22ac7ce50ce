import{Xa as e,Za as t}from"./chunk-YFHVTJRJ.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
